"""Forms of campaigns and of what is owed."""

from campaigns.forms.campaigns import AssignmentFormSet, CampaignForm, PhaseFormSet
from campaigns.forms.deliverables import DeliverableForm
from campaigns.forms.obligations import DecisionForm, DueForm, HandInForm, RegisterForm, WaiveForm
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
    "ObligationSearch",
    "PhaseFormSet",
    "RegisterForm",
    "WaiveForm",
]
