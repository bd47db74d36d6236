import { toolExplainer } from '../tool-mentions.ts';

export const toolVersion = toolExplainer(
  {
    id: 'tool-version',
    title: 'Another build tool or another version of it was used',
    remedy:
      'Pin the build tools (in Python, exact versions in [build-system] requires) and publish with those.',
    looksLike:
      'pkg-1.0.dist-info/WHEEL  offset 19\n  a: Generator: hatchling 1.21.0\n  b: Generator: hatchling 1.24.2',
    why: 'Build tools write their name and version into what they make, and what they make changes with the version.',
    fixes: {
      'setuptools, hatchling, flit, poetry, maturin': '[build-system] requires = ["hatchling==1.21.0"]',
      pip: 'PIP_CONSTRAINT with exact versions',
      npm: 'exact devDependencies, packageManager in package.json',
      Maven: 'exact plugin versions and the wrapper',
      Gradle: 'the wrapper, with its checksum',
      'make, CMake': 'generators (protoc, bison, SWIG) from a fixed image, or their output in the source',
      Docker: 'base images by digest',
    },
    stands: 'origin',
    needs: ['content'],
    proposes: ['tool'],
  },
  'tool',
);
