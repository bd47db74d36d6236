/** A whole program in Perl, which every Debian root file system has: it can make any system call. */
export function perlStep(program: string) {
  return { name: 'build', phase: 'build' as const, run: ['perl', '-e', program] };
}
