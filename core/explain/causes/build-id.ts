import type { Inspected } from '#core/inspect/inspect.ts';
import { contentViews } from '../content-views.ts';
import type { Evidence, Explainer } from '../explainer.ts';

/** Parts that identify one build, of ELF, Mach-O, PE, .NET and WebAssembly. */
const idPart =
  /^(?:section \.note\.gnu\.build-id|section \.note\.go\.buildid|section \.go\.buildid|load command LC_UUID.*|debug CodeView GUID|debug reproducible hash|metadata stream #GUID|custom section build_id)$/;
/** Parts that are digests of the file with its id. */
const followsId = /^(?:section \.gnu_debuglink|code signature.*|optional header CheckSum)$/;

function nothingElse({ parts, complete }: Inspected): boolean {
  return complete && parts.every(({ name }) => idPart.test(name) || followsId.test(name));
}

export const buildId: Explainer = {
  meta: {
    id: 'build-id',
    title: 'The build id that the linker writes differs',
    remedy:
      'Where other bytes of the file differ, too, it goes with those: it is a digest of them. Where it alone differs, it is random, or a digest of what was stripped afterwards, such as paths in debug information: map these, or link with -Wl,--build-id=none.',
    looksLike:
      'usr/lib/libx.so  offset 584\n  a: section .note.gnu.build-id: 3f1c9a02…\n  b: section .note.gnu.build-id: 90be77d1…',
    why: 'Linkers identify what they make by a digest of it (GNU build id, LC_UUID of Mach-O, Go build id) or by a new random number (GUID of a .pdb). It is taken before strip, so that what strip removes shows in it.',
    fixes: {
      'gcc, clang': '`-ffile-prefix-map=$PWD=.`, or `-Wl,--build-id=none`',
      go: '`go build -trimpath -ldflags=-buildid=`',
      rustc: '`--remap-path-prefix`, or `-C link-arg=-Wl,--build-id=none`',
      MSVC: '`/Brepro`',
      'Apple ld': '`-Wl,-no_uuid`, or `-reproducible`',
      dpkg: 'debhelper maps paths by DEB_BUILD_OPTIONS=reproducible=+fixfilepath',
    },
    stands: 'consequence',
    needs: ['content'],
  },
  explain(facts) {
    const evidence: Evidence[] = [];
    let likely = false;
    for (const { delta, view } of contentViews(facts)) {
      const ids = view.inside?.parts.filter(({ name }) => idPart.test(name)) ?? [];
      if (view.inside === undefined || ids.length === 0) continue;
      const alone = nothingElse(view.inside);
      likely ||= alone;
      const say = (name: string, value: string | null | undefined) =>
        typeof value === 'string' ? `${name}: ${value}${alone ? ', and nothing else differs' : ''}` : null;
      for (const { name, a, b, offset } of ids) {
        evidence.push({ delta, offset, a: say(name, a), b: say(name, b) });
      }
    }
    return evidence.length === 0 ? undefined : { confidence: likely ? 'likely' : 'possible', evidence };
  },
};
