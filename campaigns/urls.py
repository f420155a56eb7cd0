from django.urls import path

from campaigns.views import boards, campaigns, notices, obligations

app_name = "campaigns"
urlpatterns = [
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/new/", campaigns.campaign_create, name="campaign_create"),
    path("campaigns/<slug:code>/", campaigns.campaign, name="campaign"),
    path("campaigns/<slug:code>/edit/", campaigns.campaign_edit, name="campaign_edit"),
    path("campaigns/<slug:code>/tasks/", campaigns.assignments_edit, name="assignments_edit"),
    path("campaigns/<slug:code>/duties/new/", campaigns.deliverable_edit, name="deliverable_create"),
    path("campaigns/<slug:code>/duties/<int:pk>/", campaigns.deliverable_edit, name="deliverable_edit"),
    path("campaigns/<slug:code>/start/", campaigns.campaign_move, {"to": "start"}, name="campaign_start"),
    path("campaigns/<slug:code>/close/", campaigns.campaign_move, {"to": "close"}, name="campaign_close"),
    path("campaigns/<slug:code>/board/", boards.board, name="board"),
    path("campaigns/<slug:code>/board.xlsx", boards.board_workbook, name="board_workbook"),
    path("obligations/", obligations.obligations, name="obligations"),
    path("obligations/<int:pk>/", obligations.obligation, name="obligation"),
    path("obligations/<int:pk>/hand-in/", obligations.hand_in, name="hand_in"),
    path("obligations/<int:pk>/register/", obligations.register, name="register"),
    path("obligations/<int:pk>/decide/", obligations.decide, name="decide"),
    path("obligations/<int:pk>/due/", obligations.set_due, name="set_due"),
    path("obligations/<int:pk>/waive/", obligations.waive, name="waive"),
    path("obligations/<int:pk>/notice/", notices.notice_of, name="notice_of"),
    path("notices/", notices.notices, name="notices"),
    path("notices/new/", notices.notice_create, name="notice_create"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("notices/<int:pk>/edit/", notices.notice_edit, name="notice_edit"),
    path("notices/<int:pk>/issue/", notices.issue, name="notice_issue"),
    path("notices/<int:pk>/sign/", notices.sign, name="notice_sign"),
    path("notices/<int:pk>/withdraw/", notices.withdraw, name="notice_withdraw"),
    path("notices/<int:pk>/signatures.xlsx", notices.signatures_workbook, name="notice_signatures"),
]
