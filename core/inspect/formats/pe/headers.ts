import { named, type Field } from '../../binary/fields.ts';

/** A time, which is a digest of the content instead where a linker was asked for reproducible builds. */
export function showTime(value: number): string {
  return `${value} (${new Date(value * 1000).toISOString()})`;
}

const machines = named({
  0x14c: 'x86',
  0x1c0: 'ARM',
  0x1c4: 'ARM Thumb-2',
  0x8664: 'x86-64',
  0xaa64: 'ARM64',
});
const subsystems = named({ 1: 'native', 2: 'Windows', 3: 'console', 10: 'EFI application' });

/** PE format, "COFF File Header". */
export const coffFields: readonly Field[] = [
  { name: 'Machine', size: 2, show: machines },
  { name: 'NumberOfSections', size: 2, show: String },
  { name: 'TimeDateStamp', size: 4, show: showTime },
  { name: 'PointerToSymbolTable', size: 4 },
  { name: 'NumberOfSymbols', size: 4, show: String },
  { name: 'SizeOfOptionalHeader', size: 2, show: String },
  { name: 'Characteristics', size: 2 },
];

const directories: readonly string[] = [
  'export table',
  'import table',
  'resource table',
  'exception table',
  'certificate table',
  'base relocation table',
  'debug directory',
  'architecture',
  'global pointer',
  'TLS table',
  'load config table',
  'bound import',
  'import address table',
  'delay import descriptor',
  'CLR header',
  'reserved',
];
export const directory = {
  exports: 0,
  imports: 1,
  resources: 2,
  certificates: 4,
  debug: 6,
  clr: 14,
} as const;

/** PE format, "Optional Header". `wide`: of 64 bits (PE32+). */
export function optionalFields(wide: boolean): readonly Field[] {
  const word = wide ? 8 : 4;
  return [
    { name: 'Magic', size: 2 },
    { name: 'MajorLinkerVersion', size: 1, show: String },
    { name: 'MinorLinkerVersion', size: 1, show: String },
    { name: 'SizeOfCode', size: 4 },
    { name: 'SizeOfInitializedData', size: 4 },
    { name: 'SizeOfUninitializedData', size: 4 },
    { name: 'AddressOfEntryPoint', size: 4 },
    { name: 'BaseOfCode', size: 4 },
    ...(wide ? [] : [{ name: 'BaseOfData', size: 4 }]),
    { name: 'ImageBase', size: word },
    { name: 'SectionAlignment', size: 4 },
    { name: 'FileAlignment', size: 4 },
    { name: 'MajorOperatingSystemVersion', size: 2, show: String },
    { name: 'MinorOperatingSystemVersion', size: 2, show: String },
    { name: 'MajorImageVersion', size: 2, show: String },
    { name: 'MinorImageVersion', size: 2, show: String },
    { name: 'MajorSubsystemVersion', size: 2, show: String },
    { name: 'MinorSubsystemVersion', size: 2, show: String },
    { name: 'Win32VersionValue', size: 4 },
    { name: 'SizeOfImage', size: 4 },
    { name: 'SizeOfHeaders', size: 4 },
    { name: 'CheckSum', size: 4 },
    { name: 'Subsystem', size: 2, show: subsystems },
    { name: 'DllCharacteristics', size: 2 },
    { name: 'SizeOfStackReserve', size: word },
    { name: 'SizeOfStackCommit', size: word },
    { name: 'SizeOfHeapReserve', size: word },
    { name: 'SizeOfHeapCommit', size: word },
    { name: 'LoaderFlags', size: 4 },
    { name: 'NumberOfRvaAndSizes', size: 4, show: String },
    ...directories.flatMap((name) => [
      { name: `${name} address`, size: 4 },
      { name: `${name} size`, size: 4 },
    ]),
  ];
}

/** PE format, "Section Table", behind the name. */
export const sectionFields: readonly Field[] = [
  { name: 'Name', size: 8 },
  { name: 'VirtualSize', size: 4 },
  { name: 'VirtualAddress', size: 4 },
  { name: 'SizeOfRawData', size: 4 },
  { name: 'PointerToRawData', size: 4 },
  { name: 'PointerToRelocations', size: 4 },
  { name: 'PointerToLinenumbers', size: 4 },
  { name: 'NumberOfRelocations', size: 2, show: String },
  { name: 'NumberOfLinenumbers', size: 2, show: String },
  { name: 'Characteristics', size: 4 },
];

/** PE format, "Debug Directory". */
export const debugFields: readonly Field[] = [
  { name: 'Characteristics', size: 4 },
  { name: 'TimeDateStamp', size: 4, show: showTime },
  { name: 'MajorVersion', size: 2, show: String },
  { name: 'MinorVersion', size: 2, show: String },
  { name: 'Type', size: 4, show: String },
  { name: 'SizeOfData', size: 4, show: String },
  { name: 'AddressOfRawData', size: 4 },
  { name: 'PointerToRawData', size: 4 },
];

/** PE format, "Export Directory Table". */
export const exportFields: readonly Field[] = [
  { name: 'Export Flags', size: 4 },
  { name: 'TimeDateStamp', size: 4, show: showTime },
  { name: 'Major Version', size: 2, show: String },
  { name: 'Minor Version', size: 2, show: String },
  { name: 'Name RVA', size: 4 },
  { name: 'Ordinal Base', size: 4, show: String },
  { name: 'Address Table Entries', size: 4, show: String },
  { name: 'Number of Name Pointers', size: 4, show: String },
  { name: 'Export Address Table RVA', size: 4 },
  { name: 'Name Pointer RVA', size: 4 },
  { name: 'Ordinal Table RVA', size: 4 },
];

/** PE format, "Resource Directory Table". */
export const resourceFields: readonly Field[] = [
  { name: 'Characteristics', size: 4 },
  { name: 'TimeDateStamp', size: 4, show: showTime },
  { name: 'MajorVersion', size: 2, show: String },
  { name: 'MinorVersion', size: 2, show: String },
  { name: 'NumberOfNamedEntries', size: 2, show: String },
  { name: 'NumberOfIdEntries', size: 2, show: String },
];
