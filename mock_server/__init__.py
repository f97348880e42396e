"""gupshup-mock: everything WhatsApp does between "may we call you?" and "the phone rings"."""
