import type { ContentView } from '#core/compare/content-view.ts';
import { toolExplainer, type OtherVersion } from '../tool-mentions.ts';

const classMagic = 0xcafebabe;
/** Java 1.0.2; a Mach-O fat file has the same magic number and a count of at most a few there. */
const majorMin = 45;
const majorMax = 200;

/** The release of Java that a class file needs, JVM specification 4.1: `major_version` is 44 more. */
function releaseOf(bytes: Uint8Array): number | undefined {
  if (bytes.byteLength < 10) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const major = view.getUint16(6);
  if (view.getUint32(0) !== classMagic || major < majorMin || major > majorMax) return undefined;
  return major - 44;
}

function classReleases({ a, b }: ContentView): OtherVersion[] {
  if (a.start !== 0 || b.start !== 0) return [];
  const [one, other] = [releaseOf(a.bytes), releaseOf(b.bytes)];
  if (one === undefined || other === undefined || one === other) return [];
  const say = (release: number) => `class file for Java ${release} (major version ${release + 44})`;
  return [
    {
      tool: 'jdk',
      versions: [String(one), String(other)],
      evidence: { offset: 6, a: say(one), b: say(other) },
    },
  ];
}

export const jdkVersion = toolExplainer(
  {
    id: 'jdk-version',
    title: 'Another JDK compiled it, or compiled it for another release of Java',
    remedy:
      'Compile with `javac --release N` by the JDK that the other side names (Build-Jdk-Spec, Created-By), and pin it with a toolchain.',
    looksLike:
      'p/Main.class  offset 6\n  a: class file for Java 17 (major version 61)\n  b: class file for Java 11 (major version 55)\nMETA-INF/MANIFEST.MF  offset 25\n  a: Build-Jdk-Spec: 17\n  b: Build-Jdk-Spec: 21',
    why: 'Without --release javac compiles for the Java that it is of, and each JDK translates strings, lambdas and switches in its own way; jar and the plugins of Maven write the version of the JDK that ran them into the manifest.',
    fixes: {
      javac: '`--release 17` instead of `-source` and `-target`',
      Maven:
        '`<maven.compiler.release>17</maven.compiler.release>`, the JDK by maven-toolchains-plugin; `<addDefaultEntries>false</addDefaultEntries>` in the archive of maven-jar-plugin leaves Build-Jdk-Spec and Created-By out',
      Gradle: '`java { toolchain { languageVersion = JavaLanguageVersion.of(17) } }`',
      jar: 'a line `Created-By:` of your own in the manifest given with `--manifest` replaces that of jar',
    },
    stands: 'origin',
    needs: ['content'],
    proposes: ['tool'],
  },
  'jdk',
  classReleases,
);
