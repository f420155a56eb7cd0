from django.apps import AppConfig

from lib import registry


class ChecklistsConfig(AppConfig):
    name = "checklists"
    verbose_name = "对照检查"

    def ready(self) -> None:
        from checklists import objections
        from checklists.actions import moving

        registry.moved.register(moving.follow)
        registry.nil_objections.register(objections.nil_objections)
