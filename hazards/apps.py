from django.apps import AppConfig

from lib import registry


class HazardsConfig(AppConfig):
    name = "hazards"
    verbose_name = "隐患"

    def ready(self) -> None:
        from hazards.actions import moving

        registry.moved.register(moving.follow)
