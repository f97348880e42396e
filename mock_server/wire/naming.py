"""How webhooks name the business number and the user (W4, A3), in one dialect and with one set of variants."""

from __future__ import annotations

from typing import Any

import msgspec

from mock_server import ids
from mock_server.engine.events import Contact
from mock_server.settings import AppSettings, Dialect, Variants

Json = dict[str, Any]


class Naming(msgspec.Struct, frozen=True, gc=False):
    """What every part of a webhook is said with."""

    app: AppSettings
    dialect: Dialect
    variants: Variants

    @property
    def gupshup(self) -> bool:
        return self.dialect is Dialect.GUPSHUP

    def value(self, contact: Contact, **parts: Any) -> Json:
        """The `value` of a change that is about a user, with these parts."""
        value: Json = {
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": self.app.business_number,
                "phone_number_id": self.app.phone_number_id,
            },
        }
        if self.variants.contacts == "full":
            value["contacts"] = [self._contact(contact)]
        elif self.variants.contacts == "trimmed":
            value["contacts"] = self.bare_contacts(contact)
        return value | parts

    def bare_contacts(self, contact: Contact) -> list[Json]:
        """Contacts with nothing but the one thing that names the user: the number, or else the BSUID."""
        names = self.who(contact, "wa_id", "user_id")
        return [{name: value} for name, value in list(names.items())[:1]]

    def who(self, contact: Contact, phone: str, user_id: str) -> Json:
        """The user under the names that a part of a webhook has for phone and BSUID (A3)."""
        said: Json = {phone: contact.wa_id} if self.has_phone(contact) else {}
        if self._bsuid or not said:
            said[user_id] = _user_id(contact)
        return said

    def has_phone(self, contact: Contact) -> bool:
        """Whether the business sees this user's number: not with a username, nor where there is none (A3).

        Without BSUIDs it does all the same: no page says how else such an app would tell its users apart.
        """
        return contact.wa_id.isdigit() and (contact.username is None or not self._bsuid)

    def _contact(self, contact: Contact) -> Json:
        said: Json = {"profile": {"name": contact.name}}
        if contact.username and self._bsuid:
            said["profile"]["username"] = contact.username
        return said | self.who(contact, "wa_id", "user_id")

    @property
    def _bsuid(self) -> bool:
        return self.app.bsuid == "on"


def _user_id(contact: Contact) -> str:
    return ids.bsuid(contact.wa_id) if contact.wa_id.isdigit() else contact.wa_id
