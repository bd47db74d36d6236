import { identifyFile, normalizeVersion } from './names.ts';
import { simpleJson, type IndexFile } from './simple-index.ts';

const html = 'text/html; charset=utf-8';

/** The simple API's answer for one project: JSON (PEP 691, 700) where the client asks for it, else HTML (PEP 503). Same files, same bytes. */
export function renderIndex(
  name: string,
  files: readonly IndexFile[],
  accept: string | undefined,
): { contentType: string; body: Buffer } {
  return accept?.toLowerCase().includes('application/vnd.pypi.simple.v1+json')
    ? { contentType: simpleJson, body: Buffer.from(renderJson(name, files)) }
    : { contentType: html, body: Buffer.from(renderHtml(name, files)) };
}

function fileUrl(name: string, file: IndexFile): string {
  return `../../files/${encodeURIComponent(name)}/${encodeURIComponent(file.filename)}`;
}

function renderJson(name: string, files: readonly IndexFile[]): string {
  return JSON.stringify({
    meta: { 'api-version': '1.0' },
    name,
    versions: versionsOf(name, files),
    files: files.map((file) => ({
      filename: file.filename,
      url: fileUrl(name, file),
      hashes: { sha256: file.sha256 },
      ...(file.requiresPython === undefined ? {} : { 'requires-python': file.requiresPython }),
      ...(file.size === undefined ? {} : { size: file.size }),
      ...(file.uploadTime === undefined ? {} : { 'upload-time': file.uploadTime }),
      yanked: file.yanked,
    })),
  });
}

function versionsOf(name: string, files: readonly IndexFile[]): string[] {
  const versions = files.flatMap((file) => identifyFile(file.filename, name)?.version ?? []);
  return [...new Set(versions.map(normalizeVersion))];
}

function renderHtml(name: string, files: readonly IndexFile[]): string {
  const links = files.map((file) => {
    const attributes = [
      `href="${escape(`${fileUrl(name, file)}#sha256=${file.sha256}`)}"`,
      ...(file.requiresPython === undefined ? [] : [`data-requires-python="${escape(file.requiresPython)}"`]),
      ...(file.yanked === false ? [] : [`data-yanked="${escape(file.yanked === true ? '' : file.yanked)}"`]),
    ];
    return `    <a ${attributes.join(' ')}>${escape(file.filename)}</a><br>\n`;
  });
  return `<!DOCTYPE html>
<html>
  <head>
    <meta name="pypi:repository-version" content="1.0">
    <title>${escape(name)}</title>
  </head>
  <body>
${links.join('')}  </body>
</html>
`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
