"""Models that exist only in a test: proof that a registry takes a new one without a change
elsewhere."""

import importlib


class ScratchModels:
    def _add_model(self, model_class):
        """Add an abstract model until the end of the test; its ``_module`` is None."""
        self.addCleanup(self._forget_model, model_class._name, model_class._inherit)
        # what loading a module does with its classes; it has no public name
        loading = importlib.import_module("odoo.orm.model_classes")
        loading.add_to_registry(self.registry, model_class)
        self._set_up_registry()

    def _set_up_registry(self):
        self.registry._setup_models__(self.env.cr, [])
        self.registry.clear_all_caches()

    def _forget_model(self, name, parents):
        del self.registry.models[name]
        for parent in parents:
            self.registry[parent]._inherit_children.discard(name)
        self._set_up_registry()
