from . import collection_ready
