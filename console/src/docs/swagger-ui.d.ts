/** What the page about the HTTP API says to Swagger UI, which comes without types. */
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  interface Options {
    domNode: Element
    url: string
    /** Null: the description is not sent to a validator. */
    validatorUrl: string | null
    /** Whether the address follows what is unfolded. */
    deepLinking: boolean
    tagsSorter: 'alpha'
  }
  export default function SwaggerUI(options: Options): unknown
}
