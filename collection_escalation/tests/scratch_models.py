"""Models that live for one test: what another module would bring in a file of its own."""

import importlib


class ScratchModels:
    """Beside a `TransactionCase`."""

    def _add_model(self, model_class, has_table=False):
        """Load a class (``_module = None``) as loading a module does; it is forgotten when
        the test ends.

        :return: the model"""
        # it has no public name
        loading = importlib.import_module("odoo.orm.model_classes")
        parents = model_class._inherit or []
        parents = [parents] if isinstance(parents, str) else parents
        name = model_class._name or parents[0]
        known = self.registry.models.get(name)
        bases = known._base_classes__ if known else None
        loading.add_to_registry(self.registry, model_class)
        self.addCleanup(self._forget, name, [*parents, "base"], bases)
        self._set_up_registry([name])
        if has_table:
            self.registry.init_models(self.env.cr, [name], {"module": "base"})
        return self.env[name]

    def _set_up_registry(self, names):
        self.registry._setup_models__(self.env.cr, names)
        self.registry.clear_all_caches()

    def _forget(self, name, parents, bases):
        if bases:
            self.registry[name]._base_classes__ = bases
            self._set_up_registry([name])
            return
        del self.registry.models[name]
        for parent in parents:
            self.registry[parent]._inherit_children.discard(name)
        self._set_up_registry([])
