// OpenFisca, which decides about many persons at once, as vectors, in Python: ../openfisca/.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const FOLDER = here("../../../target/bench/peers/python");
const PYTHON = join(FOLDER, "bin/python");

export const name = "OpenFisca, 1,000 persons at once";
export const cannot = "times within a day (as numbers here), until when, unknown; reasons by variable, not by record";
export const absent = () =>
  existsSync(PYTHON) ? undefined : "it is not installed; cargo xtask bench --peers installs it where Python has pip";
/** What stands beside Python itself: the packages that it imports, and the policy. */
export const ships = () => {
  const lib = join(FOLDER, "lib");
  const packages = join(lib, readdirSync(lib)[0], "site-packages");
  const own = /^(pip|setuptools|wheel|pkg_resources|_distutils_hack|distutils)/;
  const installed = readdirSync(packages)
    .filter((name) => !own.test(name))
    .map((name) => join(packages, name));
  return [...installed, here("../openfisca")];
};
/** Persons a turn: with few, what is measured is how a vector is set up. */
export const atLeast = 1000;
export const command = [PYTHON, here("../openfisca/serve.py")];
