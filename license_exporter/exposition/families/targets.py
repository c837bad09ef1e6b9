"""What is told of each configured target."""

from license_exporter.exposition.families.family import Family, members

UP = Family("license_up", "1 if this scrape has a good answer of the target, else 0.")
TARGET_INFO = Family(
    "license_target_info",
    "Always 1, for every configured target, with the product and the target's own labels.",
    ("product",),
)

MEMBERS = members(globals())
