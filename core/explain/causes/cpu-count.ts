import { tokenExplainer } from '../token-explainer.ts';
import { processorCount } from '../values.ts';

export const cpuCount = tokenExplainer(
  {
    id: 'cpu-count',
    title: 'The number of processors of the machine is written into a file',
    remedy: 'Leave it out; where the number of jobs decides how the output is divided, fix that number.',
    looksLike:
      'build-info.txt  offset 14\n  a: 8\n  b: 2\nMakefile.log  offset 6\n  a: make -j8\n  b: make -j2',
    why: 'A build asks how many processors there are (nproc, os.cpu_count, availableProcessors) for the number of its jobs, and writes down the number or the flags with it.',
    fixes: {
      'make, CMake': 'no `$(MAKEFLAGS)` and `$(shell nproc)` in what is written',
      'gcc, clang': 'a fixed `-flto=4` and `-flto-partition=one` where its partitions show',
      Python: 'no `os.cpu_count()` in configuration that is shipped',
      cargo: '`codegen-units = 1` in the profile',
      'Maven, Gradle': 'no `${env.NUMBER_OF_PROCESSORS}` in resources',
      npm: 'no `os.cpus()` in what is written',
      'xz, zstd': '`-T1`, or a fixed block size',
      Docker: 'the same `--cpuset-cpus` for both builds',
    },
  },
  [{ pattern: processorCount, confidence: 'likely' }],
);
