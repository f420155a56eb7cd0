from django.apps import AppConfig

from lib import registry


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from campaigns.actions import reminders

        registry.still_wanted.register(reminders.still_wanted)
