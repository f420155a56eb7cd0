from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "消息"

    def ready(self):
        from notifications import hours

        for channel in hours.SETTINGS:
            hours.span(channel)  # a wrong setting stops the start, not the first delivery
