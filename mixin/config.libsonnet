// What to change of the rules and dashboards: `(import 'mixin.libsonnet') { _config+:: { … } }`.
{
  _config+:: {
    // Matchers that each selector of the exporter's metrics gets, for example 'job="license-exporter"'.
    selector: '',

    // Values in place of those of the group license_exporter.thresholds, by the part of the name
    // between the colons: { near_limit_ratio: 0.95, expiring_seconds: { critical: 3 * 86400 } }.
    thresholds: {},

    // Alerts to leave out, by name.
    without: [],

    // Tags of the dashboards, by which they link to each other.
    tags: ['license-exporter'],
  },
}
