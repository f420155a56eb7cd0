from django.apps import AppConfig

from lib import registry


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = "检查执法"

    def ready(self) -> None:
        from inspections import coverage

        registry.counted.register(coverage.counted)
        registry.roster_changed.register(coverage.follow_roster)
