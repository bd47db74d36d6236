import type { Archive, Entry } from '#core/archive/entry.ts';
import type { ImageTexts } from './image-texts.ts';
import { asList, asObject, asText, type JsonObject } from './json-shape.ts';

/** Manifests in an index and layers in a manifest that are looked at. */
const partsMax = 2000;

/** A part of an image: which member it is, and what it is known by besides its place. */
export interface ImagePart {
  readonly entry: Entry;
  /** Of parts in one list: what says that two are the same part. */
  readonly key: string;
}

/** An image as its manifest has it. */
export interface Image extends ImagePart {
  readonly config: Entry | undefined;
  /** From the lowest up; the key is the step that made the layer, where the configuration says it. */
  readonly layers: readonly ImagePart[];
  /** Of an index: the manifests in it. */
  readonly images: readonly Image[];
}

/** The layers' steps, by OCI image configuration "history": those that made no layer left out. */
function stepsOf(config: unknown): readonly string[] {
  return asList(asObject(config)['history'])
    .map(asObject)
    .filter((step) => step['empty_layer'] !== true)
    .map((step) => asText(step['created_by']) ?? '');
}

/** What an image in an index is for: its platform, its name, what it attests to. */
function purposeOf(descriptor: JsonObject): string {
  const platform = asObject(descriptor['platform']);
  const annotations = asObject(descriptor['annotations']);
  const parts = ['os', 'architecture', 'variant', 'os.version'].map((name) => asText(platform[name]) ?? '');
  return [
    parts.filter((part) => part !== '').join('/'),
    ...['org.opencontainers.image.ref.name', 'vnd.docker.reference.type'].map((name) => annotations[name]),
    descriptor['artifactType'],
  ]
    .map((text) => asText(text) ?? '')
    .join(' ')
    .trim()
    .replaceAll(/ +/g, ' ');
}

/** The images of one archive. */
export interface Images {
  readonly kind: 'oci' | 'docker';
  readonly images: readonly Image[];
}

const depthMax = 4;

/** Reads the documents of one archive, each member as one part at most. */
class Documents {
  readonly #byName: ReadonlyMap<string, Entry>;
  readonly #folder: string;
  readonly #texts: ImageTexts;
  readonly #seen = new Set<Entry>();

  constructor(byName: ReadonlyMap<string, Entry>, folder: string, texts: ImageTexts) {
    this.#byName = byName;
    this.#folder = folder;
    this.#texts = texts;
  }

  member(name: unknown): Entry | undefined {
    const text = asText(name);
    return text === undefined ? undefined : this.#byName.get(`${this.#folder}${text}`);
  }

  json(entry: Entry | undefined): unknown {
    return entry === undefined ? undefined : this.#texts.json(entry.id);
  }

  /** A content descriptor names a blob by its digest: image layout, "Blobs". */
  #blob(descriptor: unknown): Entry | undefined {
    const digest = asText(asObject(descriptor)['digest']);
    return digest === undefined ? undefined : this.member(`blobs/${digest.replace(':', '/')}`);
  }

  image(descriptor: unknown, depth: number): Image[] {
    const entry = this.#blob(descriptor);
    if (entry === undefined || this.#seen.has(entry) || depth > depthMax) return [];
    this.#seen.add(entry);
    const manifest = asObject(this.json(entry));
    const config = this.#blob(manifest['config']);
    return [
      {
        entry,
        key: purposeOf(asObject(descriptor)),
        config,
        layers: this.layers(
          asList(manifest['layers']).map((layer) => this.#blob(layer)),
          config,
        ),
        images: this.images(manifest['manifests'], depth + 1),
      },
    ];
  }

  images(manifests: unknown, depth: number): Image[] {
    return asList(manifests)
      .slice(0, partsMax)
      .flatMap((descriptor) => this.image(descriptor, depth));
  }

  layers(entries: readonly (Entry | undefined)[], config: Entry | undefined): ImagePart[] {
    const steps = stepsOf(this.json(config));
    const known = steps.length === entries.length;
    return entries
      .slice(0, partsMax)
      .flatMap((entry, at) => (entry === undefined ? [] : [{ entry, key: known ? (steps[at] ?? '') : '' }]));
  }
}

/** `docker save`: one manifest.json names the configuration and the layers of each image. */
function dockerImages(documents: Documents, manifest: Entry): Image[] {
  return asList(documents.json(manifest))
    .slice(0, partsMax)
    .map(asObject)
    .map((image) => {
      const config = documents.member(image['Config']);
      const layers = asList(image['Layers']).map((name) => documents.member(name));
      return {
        entry: manifest,
        key: asText(asList(image['RepoTags'])[0]) ?? '',
        config,
        layers: documents.layers(layers, config),
        images: [],
      };
    });
}

/** The container images in an archive that is an OCI image layout or what `docker save` writes; often it is both. */
export function imagesOf(archive: Archive, texts: ImageTexts): readonly Images[] {
  const found: Images[] = [];
  let byName: Map<string, Entry> | undefined;
  for (const { name } of archive.entries) {
    const match = /^((?:.{0,200}\/)?)(index|manifest)\.json$/.exec(name);
    if (match === null) continue;
    byName ??= new Map(archive.entries.map((entry) => [entry.name, entry]));
    const documents = new Documents(byName, match[1] ?? '', texts);
    const own = byName.get(name);
    if (own === undefined) continue;
    if (match[2] === 'manifest') found.push({ kind: 'docker', images: dockerImages(documents, own) });
    else if (documents.member('oci-layout') !== undefined) {
      const index = asObject(documents.json(own));
      found.push({ kind: 'oci', images: documents.images(index['manifests'], 1) });
    }
    if (found.length > 8) break;
  }
  return found
    .filter(({ images }) => images.length > 0)
    .sort((one, other) => (one.kind < other.kind ? 1 : -1));
}
