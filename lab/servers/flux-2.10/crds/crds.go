// Package crds names the types that controller-gen makes CRDs of, so that this module pins them.
package crds

import (
	_ "github.com/fluxcd/notification-controller/api/v1"
	_ "github.com/fluxcd/notification-controller/api/v1beta3"
)
