import { readFileSync } from 'node:fs'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, loadEnv, type Plugin } from 'vite'

const CENTRAL = loadEnv('', '.', 'CENTRAL_').CENTRAL_URL ?? 'http://localhost:8000'

/** Swagger UI comes in one piece, which no other page loads. */
const SWAGGER_UI_KB = 1600

/** Where a page takes images from besides Central: the icons of Swagger UI stand in its style sheet. */
const MORE_IMAGES: Record<string, string> = { '/docs.html': ' data:' }

/** The built pages speak to Central alone; the development server needs inline styles, so it goes without. */
function contentSecurityPolicy(): Plugin {
  const own = ['script', 'style', 'connect', 'img'].map((kind) => `${kind}-src 'self'`).join('; ')
  const policy = (images: string) => `default-src 'none'; ${own}${images}; base-uri 'none'; form-action 'none'`
  const meta = (page: string) => ({
    'http-equiv': 'Content-Security-Policy',
    content: policy(MORE_IMAGES[page] ?? ''),
  })
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: (_, { path }) => [{ tag: 'meta', attrs: meta(path), injectTo: 'head-prepend' }],
  }
}

/** Nothing is drawn before the script has run, so that no page is seen in the other theme first. */
function scriptBeforePaint(): Plugin {
  return {
    name: 'script-before-paint',
    apply: 'build',
    transformIndexHtml: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
  }
}

/** What is given on goes with its license; Swagger UI with its notice, and the licenses of what is in it, too. */
function licenses(): Plugin {
  const given = {
    'swagger-ui': ['swagger-ui-dist', 'LICENSE', 'NOTICE', 'swagger-ui-es-bundle.js.LICENSE.txt'],
    uplot: ['uplot', 'LICENSE'],
    uqr: ['uqr', 'LICENSE'],
    'virtual-core': ['@tanstack/virtual-core', 'LICENSE'],
    'world-atlas': ['world-atlas', 'LICENSE'],
  }
  return {
    name: 'licenses',
    apply: 'build',
    generateBundle() {
      for (const [folder, [module, ...names]] of Object.entries(given)) {
        for (const name of names) {
          const source = readFileSync(`node_modules/${module}/${name}`)
          this.emitFile({ type: 'asset', fileName: `licenses/${folder}/${name}`, source })
        }
      }
    },
  }
}

export default defineConfig({
  base: './',
  plugins: [svelte(), contentSecurityPolicy(), scriptBeforePaint(), licenses()],
  build: {
    outDir: '../evcharging/apps/ev_central/static',
    emptyOutDir: true,
    rolldownOptions: { input: ['index.html', 'docs.html'] },
    assetsInlineLimit: 0,
    modulePreload: false,
    chunkSizeWarningLimit: SWAGGER_UI_KB,
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  },
  server: {
    proxy: {
      '^/(api|cp|telemetry|requests|sessions|tickets|drivers|messages|health|openapi.json)(/|\\?|$)': CENTRAL,
      '/ws': { target: CENTRAL, ws: true },
    },
  },
})
