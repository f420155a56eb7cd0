from django.apps import AppConfig

from lib import registry


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "统计报表"

    def ready(self) -> None:
        from reports import forecast
        from reports.actions import jobs

        registry.export_queued.register(jobs.enqueue)
        registry.would_fail.register(forecast.would_fail)
