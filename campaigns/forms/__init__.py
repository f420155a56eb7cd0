"""Forms of campaigns and of what is owed."""

from campaigns.forms.calls import CallForm, ContactForm, DeskSearch
from campaigns.forms.campaigns import AssignmentFormSet, CampaignForm, CopyForm, PhaseFormSet
from campaigns.forms.deliverables import DeliverableForm
from campaigns.forms.hand_in import HandInForm
from campaigns.forms.notices import NoticeForm
from campaigns.forms.obligations import (
    AnswerForm,
    DaysForm,
    DecisionForm,
    DueForm,
    HouseForm,
    ReasonForm,
    RegisterForm,
    TailoringForm,
    WaiveForm,
)
from campaigns.forms.searches import BoardSearch, CampaignSearch, ObligationSearch

__all__ = [
    "AnswerForm",
    "AssignmentFormSet",
    "BoardSearch",
    "CallForm",
    "CampaignForm",
    "CampaignSearch",
    "ContactForm",
    "CopyForm",
    "DaysForm",
    "DecisionForm",
    "DeliverableForm",
    "DeskSearch",
    "DueForm",
    "HandInForm",
    "HouseForm",
    "NoticeForm",
    "ObligationSearch",
    "PhaseFormSet",
    "ReasonForm",
    "RegisterForm",
    "TailoringForm",
    "WaiveForm",
]
