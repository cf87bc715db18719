"""Put the committed data sets into the wheel, as ``dlcore/data/bundled``.

They lie in ``data/`` at the root of the checkout, where a reader looks for
them; an editable install reads them there. All else is in pyproject.toml.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

BUNDLED = Path("dlcore", "data", "bundled")


class BuildWithData(build_py):
    """Copy ``data/`` beside the modules, except for an editable install."""

    def run(self) -> None:
        """Build the modules, then add the data files."""
        super().run()
        if self.editable_mode:
            return
        for source, target in self._bundled():
            self.mkpath(str(target.parent))
            self.copy_file(str(source), str(target))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """List what the build wrote, the data files included."""
        outputs = super().get_outputs(include_bytecode)
        return outputs if self.editable_mode else [*outputs, *(str(target) for _, target in self._bundled())]

    def _bundled(self) -> list[tuple[Path, Path]]:
        """Pair each data file with its place in the build."""
        target = Path(self.build_lib) / BUNDLED
        return [(path, target / path.name) for path in sorted(Path("data").iterdir()) if path.is_file()]


setup(cmdclass={"build_py": BuildWithData})
