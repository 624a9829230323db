package wizard

import (
	"cmp"

	"github.com/penstock-dev/penstock/internal/contract"
)

func (a *asker) observability() {
	o := &a.c.Spec.Observability
	a.choose("spec.observability.metrics", Question{Text: "How metrics are collected", Default: cmp.Or(o.Metrics, "prometheus-operator")}, map[string]string{
		"prometheus-operator": "PodMonitor and PrometheusRule objects",
		"prometheus":          "plain files for a Prometheus that you run",
		"none":                "not by the platform",
	}, func(c *contract.Contract, v string) { c.Spec.Observability.Metrics = v })
	a.choose("spec.observability.dashboards", Question{Text: "How dashboards are delivered", Default: cmp.Or(o.Dashboards, "grafana-sidecar")}, map[string]string{
		"grafana-sidecar": "ConfigMaps that Grafana's sidecar loads",
		"files":           "JSON files",
		"none":            "none",
	}, func(c *contract.Contract, v string) { c.Spec.Observability.Dashboards = v })
	a.list("observability.notifications", "notification", func() []string {
		var names []string
		for _, n := range a.c.Spec.Observability.Notifications {
			names = append(names, n.Name)
		}
		return names
	}, func(i int) {
		o.Notifications = without(o.Notifications, i)
	}, a.notification)
}

func (a *asker) notification(i int) {
	at := item("spec.observability.notifications", i)
	now := extended(a.c.Spec.Observability.Notifications, i)[i]
	of := func(c *contract.Contract) *contract.Notification {
		c.Spec.Observability.Notifications = extended(c.Spec.Observability.Notifications, i)
		return &c.Spec.Observability.Notifications[i]
	}
	a.choose(at+".type", Question{Text: "Kind of receiver", Guess: now.Type == "", Default: cmp.Or(now.Type, "slack")}, nil,
		func(c *contract.Contract, v string) { of(c).Type = v })
	if a.err != nil {
		return
	}
	kind := of(&a.c).Type
	a.text(at+".name", Question{Text: "Name of the notification", Need: true, Guess: now.Name == "", Default: cmp.Or(now.Name, "platform-"+kind)},
		func(c *contract.Contract, v string) { of(c).Name = v })
	a.text(at+".channel", Question{Text: "Channel, room or routing key", Default: now.Channel},
		func(c *contract.Contract, v string) { of(c).Channel = v })
	a.text(at+".secretName", Question{Text: "Name of the Secret with its address or token", Default: cmp.Or(now.SecretName, of(&a.c).Name)},
		func(c *contract.Contract, v string) { of(c).SecretName = v })
}
