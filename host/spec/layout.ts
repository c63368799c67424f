// Fixed binary layouts, little-endian: one description gives the reader, the writer, the C struct and the table in docs/.

const widths = { u8: 1, i8: 1, u16: 2, i16: 2, u32: 4, i32: 4 } as const;
export type FieldType = keyof typeof widths | `bytes${number}`;

/** A field: its name, its type and what it means (units, range). */
export type Field<Name extends string = string> = readonly [name: Name, type: FieldType, meaning: string];

export type Values<Fields extends readonly Field[]> = {
  [F in Fields[number] as F[0]]: Value<F[1]>;
};
type Value<Type extends FieldType> = Type extends `bytes${number}` ? Uint8Array : number;

export type Layout<Fields extends readonly Field[] = readonly Field[]> = {
  readonly fields: Fields;
  /** Bytes of one such struct; every field lies at a multiple of its own width, so that C adds no padding. */
  readonly bytes: number;
  offset(name: Fields[number][0]): number;
  read(bytes: Uint8Array, at?: number): Values<Fields>;
  write(bytes: Uint8Array, at: number, values: Values<Fields>): void;
};

export function fieldBytes(type: FieldType): number {
  return type.startsWith("bytes") ? Number(type.slice(5)) : widths[type as keyof typeof widths];
}

/** Describes a struct. Throws if a field would not lie at a multiple of its own width. */
export function layout<const Fields extends readonly Field[]>(fields: Fields): Layout<Fields> {
  const offsets = new Map<string, number>();
  let bytes = 0;
  for (const [name, type] of fields) {
    const width = type.startsWith("bytes") ? 1 : fieldBytes(type);
    if (bytes % width !== 0) throw new Error(`field ${name} is not aligned`);
    offsets.set(name, bytes);
    bytes += fieldBytes(type);
  }
  return {
    fields,
    bytes,
    offset: (name) => offsets.get(name)!,
    read(source, at = 0) {
      const view = new DataView(source.buffer, source.byteOffset + at, bytes);
      const values: Record<string, number | Uint8Array> = {};
      for (const [name, type] of fields) {
        const o = offsets.get(name)!;
        if (type === "u8") values[name] = view.getUint8(o);
        else if (type === "i8") values[name] = view.getInt8(o);
        else if (type === "u16") values[name] = view.getUint16(o, true);
        else if (type === "i16") values[name] = view.getInt16(o, true);
        else if (type === "u32") values[name] = view.getUint32(o, true);
        else if (type === "i32") values[name] = view.getInt32(o, true);
        else values[name] = source.slice(at + o, at + o + fieldBytes(type));
      }
      return values as Values<Fields>;
    },
    write(target, at, values) {
      const view = new DataView(target.buffer, target.byteOffset + at, bytes);
      for (const [name, type] of fields) {
        const o = offsets.get(name)!;
        const value = values[name as Fields[number][0]] as number | Uint8Array;
        if (typeof value !== "number") target.set(value, at + o);
        else if (type === "u8") view.setUint8(o, value);
        else if (type === "i8") view.setInt8(o, value);
        else if (type === "u16") view.setUint16(o, value, true);
        else if (type === "i16") view.setInt16(o, value, true);
        else if (type === "u32") view.setUint32(o, value, true);
        else view.setInt32(o, value, true);
      }
    },
  };
}
