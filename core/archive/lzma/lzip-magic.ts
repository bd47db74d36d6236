/** What begins a member of lzip; its version and dictionary follow. */
export const lzipMagic = Buffer.from('LZIP', 'latin1');
