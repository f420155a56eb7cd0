"""What gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config import local

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
local.join(*settings.LOCAL_SERVICES)

application = get_wsgi_application()
