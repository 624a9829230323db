// Package policytest turns generated admission policies and the requests that
// test them into verdicts, with Kubernetes' own admission plug-in.
//
// It consists of tests only. Nothing here knows what a policy is for: that is
// in platform/policies/tests of each generated repository.
package policytest

import _ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
