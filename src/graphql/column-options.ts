import type { FieldNullability, InputFieldMap, SchemaTypes, TypeParam } from '@pothos/core'

declare global {
  export namespace PothosSchemaTypes {
    export interface FieldOptions<
      Types extends SchemaTypes = SchemaTypes,
      ParentShape = unknown,
      Type extends TypeParam<Types> = TypeParam<Types>,
      Nullable extends FieldNullability<Type> = FieldNullability<Type>,
      Args extends InputFieldMap = InputFieldMap,
      ResolveShape = unknown,
      ResolveReturnShape = unknown,
    > {
      /**
       * The columns of its row that the resolver looks at, beyond the keys of the table; where neither this nor an exposed
       * column says so, the row is read whole.
       */
      columns?: readonly (keyof ParentShape & string)[]
      /** The columns it looks at of rows that it loads by itself, by table. */
      loadedColumns?: Readonly<Record<string, readonly string[]>>
    }
  }
}
