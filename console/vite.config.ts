import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, loadEnv, type Plugin } from 'vite'

const CENTRAL = loadEnv('', '.', 'CENTRAL_').CENTRAL_URL ?? 'http://localhost:8000'

/** The built page speaks to Central alone; the development server needs inline styles, so it goes without. */
function contentSecurityPolicy(): Plugin {
  const own = ['script', 'style', 'img', 'connect'].map((kind) => `${kind}-src 'self'`)
  const policy = ["default-src 'none'", ...own, "base-uri 'none'", "form-action 'none'"].join('; ')
  const meta = { 'http-equiv': 'Content-Security-Policy', content: policy }
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [{ tag: 'meta', attrs: meta, injectTo: 'head-prepend' }],
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

export default defineConfig({
  base: './',
  plugins: [svelte(), contentSecurityPolicy(), scriptBeforePaint()],
  build: {
    outDir: '../evcharging/apps/ev_central/static',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  },
  server: {
    proxy: {
      '^/(api|cp|telemetry|requests|sessions|tickets|drivers|messages|health)(/|\\?|$)': CENTRAL,
      '/ws': { target: CENTRAL, ws: true },
    },
  },
})
