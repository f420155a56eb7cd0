"""Forms of campaigns and of what is owed."""

from campaigns.forms.campaigns import AssignmentFormSet, CampaignForm, PhaseFormSet
from campaigns.forms.deliverables import DeliverableForm
from campaigns.forms.notices import NoticeForm
from campaigns.forms.obligations import DecisionForm, DueForm, HandInForm, ReasonForm, RegisterForm, WaiveForm
from campaigns.forms.searches import BoardSearch, CampaignSearch, ObligationSearch

__all__ = [
    "AssignmentFormSet",
    "BoardSearch",
    "CampaignForm",
    "CampaignSearch",
    "DecisionForm",
    "DeliverableForm",
    "DueForm",
    "HandInForm",
    "NoticeForm",
    "ObligationSearch",
    "PhaseFormSet",
    "ReasonForm",
    "RegisterForm",
    "WaiveForm",
]
