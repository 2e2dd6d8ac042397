from . import controllers, demo, models, wizard
from .hooks import _post_init_hook, _uninstall_hook
