// The rules and dashboards of license_exporter as a mixin. All of it is read from the files that the
// project ships, so that there is one place for each.
local dashboards = {
  'exporter.json': import '../grafana/dashboards/exporter.json',
  'expiry.json': import '../grafana/dashboards/expiry.json',
  'locations.json': import '../grafana/dashboards/locations.json',
  'managers.json': import '../grafana/dashboards/managers.json',
  'overview.json': import '../grafana/dashboards/overview.json',
  'planning.json': import '../grafana/dashboards/planning.json',
  'target.json': import '../grafana/dashboards/target.json',
};
local rules = std.parseYaml(importstr '../prometheus/rules.yml');
local promql = import 'promql.libsonnet';

(import 'config.libsonnet') + {
  local config = $._config,
  local selected(expression) = promql.select(expression, config.selector),

  local threshold(rule) =
    local name = promql.between(rule.record);
    local value = std.get(config.thresholds, name);
    local labels = std.get(rule, 'labels', {});
    // By severity or vendor; without either, that of all others.
    local key = std.get(labels, 'severity', std.get(labels, 'vendor', ''));
    local of =
      if std.isObject(value) then std.get(value, key)
      else if std.objectHas(labels, 'vendor') then null
      else value;
    if of == null then rule else rule { expr: 'vector(%.12g)' % of },

  local adapted(rule) =
    if std.objectHas(rule, 'record') && std.endsWith(rule.record, ':threshold') then threshold(rule)
    else rule { expr: selected(rule.expr) },

  local thresholds = [
    promql.between(rule.record)
    for group in rules.groups
    for rule in group.rules
    if std.objectHas(rule, 'record') && std.endsWith(rule.record, ':threshold')
  ],
  local unknown = [name for name in std.objectFields(config.thresholds) if !std.member(thresholds, name)],

  local groups(keyword) = {
    assert unknown == [] : 'there is no threshold %s; there are %s' % [unknown, std.set(thresholds)],
    groups: [
      group {
        rules: [
          adapted(rule)
          for rule in group.rules
          if !std.member(config.without, std.get(rule, 'alert', ''))
        ],
      }
      for group in rules.groups
      if std.objectHas(group.rules[0], keyword)
    ],
  },

  prometheusRules+:: groups('record'),
  prometheusAlerts+:: groups('alert'),

  local variable(of) =
    if of.type != 'query' then of
    else of {
      // label_values(…, name): the name behind the last comma is not PromQL, but has no metric in it.
      query: selected(of.query),
      definition: selected(of.definition),
    },

  grafanaDashboards+:: {
    [name]: dashboards[name] {
      tags: config.tags,
      links: [link { tags: config.tags } for link in super.links],
      panels: [
        if std.objectHas(panel, 'targets') then panel {
          targets: [target { expr: selected(target.expr) } for target in panel.targets],
        } else panel
        for panel in super.panels
      ],
      templating+: { list: [variable(of) for of in super.list] },
    }
    for name in std.objectFields(dashboards)
  },
}
