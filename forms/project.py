"""Forms about a project: starting one, describing it, and who takes part."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, NoneOf

from forms.choosing import RadioField, SelectField, SelectMultipleField
from forms.reentry import PasswordAgain

ROLE_CHOICES = {
    "": "Choose a role",
    "coder": "Coder: enters cases",
    "reconciler": "Reconciler: settles differences",
    "manager": "Manager: registers, assigns, exports",
    "viewer": "Viewer: sees counts only",
}
TITLE_LENGTH = 300
#: Names that stand where a project's key would in an address.
RESERVED = ("new",)


def _strip(text: str | None) -> str:
    return (text or "").strip()


class ProjectForm(FlaskForm):
    """Title and description."""

    title = StringField(
        "Title",
        [InputRequired("Enter a title."), Length(max=TITLE_LENGTH, message="Use 300 characters at most.")],
        filters=[_strip],
    )
    description = TextAreaField(
        "Description", [Length(max=5000, message="Use 5,000 characters at most.")], filters=[_strip]
    )


class SettingsForm(ProjectForm):
    """What a manager sets for a project under way."""

    coders_see_each_other = BooleanField(
        "After sign-off, coders see each other’s answers",
        description="On “Yours and the final”. Without it, each coder sees their own answers beside the final ones only.",
    )
    coders_unnamed = BooleanField(
        "Show the coders as A and B while a case is reconciled",
        description="Without names. In cases compared from then on, who is A does not follow who is coder 1.",
    )

    content_note = TextAreaField(
        "Content note",
        [Length(max=5000, message="Use 5,000 characters at most.")],
        filters=[_strip],
        description="Shown to coders and reconcilers before they first open each case: what the reports speak of, and whom to turn to. Empty: nothing is shown.",
    )


class NewProjectForm(ProjectForm):
    """A new project; the choices of ``template`` and ``manager`` are set by the page."""

    ON_PAGE = ("title", "key", "description", "template", "manager", "rehearsal")

    key = StringField(
        "Short name",
        [InputRequired("Enter a short name."), NoneOf(RESERVED, "That name is taken by a page.")],
        filters=[_strip],
        description="Stands in addresses and file names: lower-case letters, digits and hyphens, for instance “dhr-study”.",
    )
    template = SelectField("Questionnaire", [InputRequired("Choose a questionnaire.")])
    manager = SelectField("First manager", [InputRequired("Choose a manager.")])
    rehearsal = BooleanField(
        "This is a rehearsal",
        description="For training and demonstrations: open differences may be settled in one go by command.",
    )


class MemberForm(FlaskForm):
    """A person and a role; the choices of ``name`` are set by the page."""

    name = SelectField("Person", [InputRequired("Choose a person.")])
    role = SelectField("Role", [InputRequired("Choose a role.")], choices=ROLE_CHOICES)


class SecondStepForm(PasswordAgain, FlaskForm):
    """Of which roles a second step of signing in is asked."""

    roles = SelectMultipleField(
        "Ask it of everybody who is",
        choices={
            "manager": "a manager",
            "reconciler": "a reconciler",
            "coder": "a coder",
            "viewer": "a viewer",
        },
        validate_choice=False,
    )


class EraseForm(PasswordAgain, FlaskForm):
    """What is to be erased, its name typed again, and why."""

    ON_PAGE = ("what", "typed", "reason", "password")

    what = RadioField(
        "What is to be erased?",
        [AnyOf(("case", "project"), message="Choose what is to be erased.")],
        choices={"case": "One case of this project", "project": "The whole project, with all of its cases"},
        validate_choice=False,
    )
    typed = StringField(
        "Its name",
        [
            InputRequired("Type the name."),
            Length(max=100, message="No case and no project has so long a name."),
        ],
        description="The case's reference, or the project's short name: typed, so that nothing goes by one click.",
        filters=[_strip],
    )
    reason = TextAreaField(
        "Why?",
        [InputRequired("Say why."), Length(max=1000, message="Use 1,000 characters at most.")],
        description="It stays on record. Write nothing into it that is to be erased.",
        filters=[_strip],
    )
