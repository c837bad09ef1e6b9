"""A product for each preset: documents as its API's examples show them, with numbers that move."""

from license_exporter.demo.fleet.product import Product
from license_exporter.demo.presets import (
    atlassian,
    business,
    delivery,
    development,
    hashicorp,
    infrastructure,
    office,
    operations,
    sessions,
)
from license_exporter.process.clock import Clock

_PRODUCTS = (
    development.gitlab,
    operations.elasticsearch,
    operations.vault,
    development.github_enterprise,
    office.microsoft_graph,
    operations.redis_enterprise,
    development.sonarqube,
    office.pagerduty,
    atlassian.jira_cloud,
    atlassian.jira_data_center,
    atlassian.confluence_data_center,
    atlassian.bitbucket_data_center,
    delivery.artifactory,
    delivery.nexus,
    delivery.jetbrains,
    delivery.splunk,
    infrastructure.fortigate,
    infrastructure.f5_bigip,
    infrastructure.meraki,
    infrastructure.netapp_ontap,
    infrastructure.satellite,
    hashicorp.consul,
    hashicorp.nomad,
    hashicorp.terraform_enterprise,
    business.dropbox,
    business.mattermost,
    business.docusign,
    business.salesforce,
    business.zoom,
    office.adobe,
    office.google_workspace,
    sessions.tableau,
    sessions.veeam,
    infrastructure.pan_os,
)


def presets(clock: Clock) -> tuple[Product, ...]:
    """A product for each preset, as it is at the clock's time."""
    return tuple(product(clock) for product in _PRODUCTS)
