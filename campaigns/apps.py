from django.apps import AppConfig

from lib import registry


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = "专项行动"

    def ready(self) -> None:
        from campaigns.actions import moving, persons, reminders

        registry.moved.register(moving.follow)
        registry.roster_changed.register(persons.follow_roster)
        registry.still_wanted.register(reminders.still_wanted)
