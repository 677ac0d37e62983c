namespace Throughline.Core.Events;

/// <summary>The section of a holdout event: of which campaign, and in which arm.</summary>
internal ref partial struct EventJsonReader
{
    private bool ReadHoldout()
    {
        const string Pointer = "/holdout";
        if (!Open(Pointer))
            return false;
        HoldoutFields had = 0;
        while (NextName(Pointer, out ReadOnlySpan<byte> name))
        {
            HoldoutFields member =
                name.SequenceEqual("campaign"u8) ? HoldoutFields.Campaign
                : name.SequenceEqual("arm"u8) ? HoldoutFields.Arm
                : 0;
            if (!See(ref had, member, Pointer, name))
                return false;
            bool read =
                member == HoldoutFields.Campaign
                    ? ReadText(Pointer + "/campaign", EventField.Kind, EventLimits.Name)
                    : ReadArm(Pointer + "/arm");
            if (!read)
                return false;
        }
        if (rejection.Reason != 0)
            return false;
        return (had & HoldoutFields.Campaign) == 0
            ? Missing(Pointer + "/campaign")
            : (had & HoldoutFields.Arm) != 0 || Missing(Pointer + "/arm");
    }

    private bool ReadArm(string pointer)
    {
        if (!TryText(pointer, EventLimits.Name, out ReadOnlySpan<byte> text))
            return false;
        HoldoutArm? arm =
            text.SequenceEqual("held"u8) ? HoldoutArm.Held
            : text.SequenceEqual("treated"u8) ? HoldoutArm.Treated
            : null;
        raw.Status = (int?)arm;
        return arm is not null || Fail(RejectionReason.BadValue, pointer, "The arm is neither held nor treated.");
    }

    [Flags]
    private enum HoldoutFields
    {
        Campaign = 1,
        Arm = 2,
    }
}
