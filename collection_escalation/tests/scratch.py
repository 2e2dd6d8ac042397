"""Models that are defined inside a test, as a file of their own would define them."""

import importlib


class ScratchModels:
    """Mixin of `TransactionCase`."""

    def _add_model(self, model_class):
        """Load a class (``_module = None``) as loading a module does; forgotten after the
        test."""
        # it has no public name
        loading = importlib.import_module("odoo.orm.model_classes")
        name = model_class._name or model_class._inherit
        known = self.registry.models.get(name)
        bases = known._base_classes__ if known else None
        loading.add_to_registry(self.registry, model_class)
        self.addCleanup(self._forget, name, model_class, bases)
        self._set_up_registry([name])

    def _set_up_registry(self, names):
        self.registry._setup_models__(self.env.cr, names)
        self.registry.clear_all_caches()

    def _forget(self, name, model_class, bases):
        if bases:
            self.registry[name]._base_classes__ = bases
            self._set_up_registry([name])
        else:
            del self.registry.models[name]
            for parent in model_class._inherit:
                self.registry[parent]._inherit_children.discard(name)
            self._set_up_registry([])
