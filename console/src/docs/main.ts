/** The page that describes the HTTP API, at /docs: Swagger UI with Central's own description, and no other host. */
import 'swagger-ui-dist/swagger-ui.css'
import './docs.css'
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js'

const dark = matchMedia('(prefers-color-scheme: dark)')

function followTheSystem(): void {
  document.documentElement.classList.toggle('dark-mode', dark.matches)
}

followTheSystem()
dark.addEventListener('change', followTheSystem)

SwaggerUI({
  domNode: document.getElementById('docs')!,
  url: new URL('openapi.json', document.baseURI).href,
  validatorUrl: null,
  deepLinking: true,
  tagsSorter: 'alpha',
})
