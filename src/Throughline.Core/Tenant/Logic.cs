namespace Throughline.Core.Tenant;

/// <summary>
/// Which results the lenses give, and which bytes the state has: raised by one with every change of either. Every result and
/// every image of the state says under which it was made; docs/adr/0005 tells what happens to those of another.
/// </summary>
public static class Logic
{
    public const ushort Version = 5;
}
