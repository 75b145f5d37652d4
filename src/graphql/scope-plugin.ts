import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core'
import type { GraphQLField, GraphQLFieldResolver } from 'graphql'
import type { Scope } from '../shared/actor.ts'
import type { Context } from './context.ts'
import { forbidden } from './request-errors.ts'

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      scope: ScopePlugin<Types>
    }
    export interface FieldOptions {
      /** Where an area is entered: the key needs this scope, or the field is FORBIDDEN. */
      scope?: Scope
    }
  }
}

/** The scope that a field needs; undefined where it enters no area. */
export function scopeOf({ extensions }: Pick<GraphQLField<unknown, unknown>, 'extensions'>): Scope | undefined {
  return (extensions.pothosOptions as { scope?: Scope } | undefined)?.scope
}

/** Checks the scope of the fields that enter an area, before anything else of theirs runs. */
class ScopePlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolver: GraphQLFieldResolver<unknown, Types['Context'], object>,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    const scope = (field.pothosOptions as { scope?: Scope }).scope
    if (scope === undefined || field.kind === 'Subscription') return resolver
    return (parent, args, context, info) => {
      if (!(context as unknown as Context).actor.scopes.has(scope)) throw forbidden(scope)
      return resolver(parent, args, context, info)
    }
  }

  override wrapSubscribe(
    subscribe: GraphQLFieldResolver<unknown, Types['Context'], object> | undefined,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> | undefined {
    const scope = (field.pothosOptions as { scope?: Scope }).scope
    if (scope === undefined || subscribe === undefined) return subscribe
    return (parent, args, context, info) => {
      if (!(context as unknown as Context).actor.scopes.has(scope)) throw forbidden(scope)
      return subscribe(parent, args, context, info)
    }
  }
}

SchemaBuilder.registerPlugin('scope', ScopePlugin)
