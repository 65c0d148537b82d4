export { AssetCheckTooSlow, checkAssets } from './check-assets.ts'
