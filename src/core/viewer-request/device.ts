/**
 * What kind of device a User-Agent names, for the CloudFront-Is-*-Viewer headers: facts 7.3.
 * Ours: CloudFront's list of devices is unpublished; these are the words that device makers and browsers document.
 */

export interface Device {
  readonly android: boolean;
  readonly ios: boolean;
  readonly mobile: boolean;
  readonly smartTv: boolean;
  readonly tablet: boolean;
  /** None of mobile, smartTv and tablet. */
  readonly desktop: boolean;
}

const SMART_TV =
  /Smart-?TV|HbbTV|GoogleTV|Apple ?TV|Android TV|BRAVIA|CrKey|NetCast|Web0S|Viera|Roku|\bAFT[A-Z]{1,3}\b|Tizen.*\bTV\b|\bTV Safari\b/i;
const TABLET = /iPad|Tablet|PlayBook|Silk(?!.*Mobile)|Kindle|\bKF[A-Z]{2,5}\b|\bSM-[TPX][0-9]/i;
const MOBILE = /Mobi|iPhone|iPod|Windows Phone|BlackBerry|\bBB10\b|Opera Mini|IEMobile|webOS/i;

export function detectDevice(userAgent: string): Device {
  const android = /Android/i.test(userAgent);
  const smartTv = SMART_TV.test(userAgent);
  const saysMobile = MOBILE.test(userAgent);
  // Android: browsers on phones say Mobile, those on tablets do not.
  const tablet = !smartTv && (TABLET.test(userAgent) || (android && !saysMobile));
  // An iPad has said Mobile all along; CloudFront: some tablets count as both.
  const mobile = !smartTv && saysMobile;
  return {
    android,
    ios: /iPhone|iPad|iPod/.test(userAgent),
    mobile,
    smartTv,
    tablet,
    desktop: !mobile && !smartTv && !tablet,
  };
}
