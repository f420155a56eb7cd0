from django.apps import AppConfig

from lib import registry


class HazardsConfig(AppConfig):
    name = "hazards"
    verbose_name = "隐患"

    def ready(self) -> None:
        from hazards import digest
        from hazards.actions import moving

        registry.moved.register(moving.follow)
        registry.digest_lines.register(digest.digest_lines)
