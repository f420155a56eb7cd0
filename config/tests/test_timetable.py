"""The timetable of config/celery.py: what runs when, by its name."""

from celery.schedules import crontab

from config.celery import app


def entry(name):
    found = app.conf.beat_schedule[name]
    return found["task"], found["schedule"]


def test_reminders_go_out_on_the_days_of_the_notices():
    """威工信发〔2022〕10号: 18日; 高工信字〔2022〕15号: 20日; 威应急发〔2023〕12号: 25日、28日; at 08:30."""
    for day in (18, 20, 25, 28):
        assert entry(f"remind-day-{day}") == ("campaigns.tasks.remind", crontab(minute=30, hour=8, day_of_month=day))


def test_sweeps_take_up_what_was_missed_every_ten_minutes():
    assert entry("remind-sweep") == ("campaigns.tasks.remind", crontab(minute="*/10"))
    assert entry("outbox-sweep") == ("notifications.tasks.sweep", crontab(minute="*/10"))


def test_channels_are_looked_after_every_minute():
    """A robot that takes 20 a minute is not kept waiting for ten."""
    assert entry("outbox-channels") == ("notifications.tasks.send_postponed", crontab())


def test_audit_log_is_sealed_every_hour():
    assert entry("seal-audit") == ("organizations.tasks.seal_audit", crontab(minute=20))


def test_obligations_are_opened_just_after_midnight():
    assert entry("open-obligations") == ("campaigns.tasks.open_obligations", crontab(minute=10, hour=0))


def test_tables_are_made_the_day_after_each_due_day_and_on_the_first():
    """威应急发〔2023〕12号: 非煤矿山 by the 25th, 工贸 by the 28th of each month."""
    for day in (26, 29, 1):
        assert entry(f"export-day-{day}") == (
            "reports.tasks.monthly_exports",
            crontab(minute=30, hour=0, day_of_month=day),
        )
    assert entry("export-daily") == ("reports.tasks.monthly_exports", crontab(minute=0, hour=5))
    assert entry("export-sweep") == ("reports.tasks.sweep_exports", crontab(minute="*/5"))


def test_timetable_is_in_local_time_and_names_tasks_that_exist():
    app.loader.import_default_modules()
    assert app.conf.timezone == "Asia/Shanghai"
    assert {found["task"] for found in app.conf.beat_schedule.values()} <= set(app.tasks)
