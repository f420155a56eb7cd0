"""Home, the overview, and the pages under /reports/."""

from reports.views.closing import close, closing
from reports.views.enterprises import enterprise, enterprise_records
from reports.views.figures import figure
from reports.views.home import home, overview
from reports.views.jobs import export_progress, export_retry, exports
from reports.views.nil_returns import nil_return
from reports.views.returns import check_return, dispatch_return, judge, start
from reports.views.tables import dispatch_tables, download, own_figures, stand_in, table

__all__ = [
    "check_return",
    "close",
    "closing",
    "dispatch_return",
    "dispatch_tables",
    "download",
    "enterprise",
    "enterprise_records",
    "export_progress",
    "export_retry",
    "exports",
    "figure",
    "home",
    "judge",
    "nil_return",
    "overview",
    "own_figures",
    "stand_in",
    "start",
    "table",
]
