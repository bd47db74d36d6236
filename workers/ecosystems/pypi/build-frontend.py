"""A PEP 517 build front end, in three commands, so that what runs the package's code is apart from what does not.

requires FILE -- BACKEND [PATH...]    asks the backend what else it needs for a wheel; writes it to FILE as JSON
install FILE                          installs what FILE lists into the environment; runs no code of the package
wheel FOLDER [--universal] -- BACKEND [PATH...]
                                      has the backend build the wheel into FOLDER

`requires` and `wheel` are run by the environment's own Python, in the source's folder, each in a process of its own,
as PEP 517 asks. PATH is the source's `backend-path`.
"""

import importlib
import json
import os
import subprocess
import sys
import sysconfig


def load_backend(reference, backend_path):
    """The backend object: a module, with an attribute path after the colon (PEP 517, build-backend)."""
    sys.path[0:0] = [os.path.join(os.getcwd(), part) for part in backend_path]
    module, _, attributes = reference.partition(":")
    backend = importlib.import_module(module)
    for attribute in filter(None, attributes.split(".")):
        backend = getattr(backend, attribute)
    return backend


def settings(universal):
    """What `bdist_wheel --universal` was once asked for; setuptools 64 renamed the way to say it."""
    if not universal:
        return None
    from importlib.metadata import version

    major = int(version("setuptools").partition(".")[0])
    return {"--build-option" if major >= 64 else "--global-option": ["--universal"]}


def requires(file, reference, backend_path):
    backend = load_backend(reference, backend_path)
    hook = getattr(backend, "get_requires_for_build_wheel", None)
    found = [] if hook is None else list(hook(None))
    with open(file, "w", encoding="utf-8") as out:
        json.dump([str(requirement) for requirement in found], out)


def install(file):
    with open(file, encoding="utf-8") as source:
        wanted = json.load(source)
    if wanted:
        pip = [sys.executable, "-m", "pip", "--python", "env/bin/python", "install", "--no-compile", "--"]
        raise SystemExit(subprocess.run(pip + wanted).returncode)


def wheel(folder, universal, reference, backend_path):
    backend = load_backend(reference, backend_path)
    os.makedirs(folder, exist_ok=True)
    print("built", backend.build_wheel(folder, settings(universal)))


def main(arguments):
    os.umask(int(os.environ.get("BUILD_UMASK", "022"), 8))
    sys.path.pop(0)  # the folder of this file: nothing of ours is in the backend's way
    command, argument, *rest = arguments
    if command == "install":
        return install(argument)
    options, backend = rest[: rest.index("--")], rest[rest.index("--") + 1 :]
    sys.argv = [backend[0]]
    os.environ["PATH"] = sysconfig.get_path("scripts") + os.pathsep + os.environ.get("PATH", os.defpath)
    if command == "requires":
        return requires(argument, backend[0], backend[1:])
    return wheel(argument, "--universal" in options, backend[0], backend[1:])


main(sys.argv[1:])
