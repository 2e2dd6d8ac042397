"""Models that live for one test: what another module would bring in a file of its own."""

import importlib


class ScratchModels:
    """Beside a `TransactionCase`."""

    def _define(self, model_class, has_table=False):
        """Load ``model_class`` as a module does; forget it when the test ends."""
        name = model_class._name
        parents = model_class._inherit
        parents = [parents] if isinstance(parents, str) else parents or []
        self.addCleanup(self._forget_model, name, [*parents, "base"])
        # what loading a module does with its classes; it has no public name
        loading = importlib.import_module("odoo.orm.model_classes")
        loading.add_to_registry(self.registry, model_class)
        self._set_up_registry()
        if has_table:
            self.registry.init_models(self.env.cr, [name], {"module": "base"})
        return self.env[name]

    def _set_up_registry(self):
        self.registry._setup_models__(self.env.cr, [])
        self.registry.clear_all_caches()

    def _forget_model(self, name, parents):
        del self.registry.models[name]
        for parent in parents:
            self.registry[parent]._inherit_children.discard(name)
        self._set_up_registry()
