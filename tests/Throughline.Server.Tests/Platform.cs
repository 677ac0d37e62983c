// File modes, locks and kills are tested where the product runs.
[assembly: System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
