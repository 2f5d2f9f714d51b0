<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
    <context>
        <name>Format</name>
        <message numerus="yes">
            <source>%Ln example(s)</source>
            <translation>
                <numerusform>%Ln example</numerusform>
                <numerusform>%Ln examples</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln virtual token(s)</source>
            <translation>
                <numerusform>%Ln virtual token</numerusform>
                <numerusform>%Ln virtual tokens</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln row(s)</source>
            <translation>
                <numerusform>%Ln row</numerusform>
                <numerusform>%Ln rows</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln token(s)</source>
            <translation>
                <numerusform>%Ln token</numerusform>
                <numerusform>%Ln tokens</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln step(s)</source>
            <translation>
                <numerusform>%Ln step</numerusform>
                <numerusform>%Ln steps</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>BaselineStrip</name>
        <message numerus="yes">
            <source>%Ln example(s) shown</source>
            <translation>
                <numerusform>%Ln example shown</numerusform>
                <numerusform>%Ln examples shown</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>DataPanel</name>
        <message numerus="yes">
            <source>%Ln text(s) with a class</source>
            <translation>
                <numerusform>%Ln text with a class</numerusform>
                <numerusform>%Ln texts with a class</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln scored token(s)</source>
            <translation>
                <numerusform>%Ln scored token</numerusform>
                <numerusform>%Ln scored tokens</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln label(s) are learned</source>
            <translation>
                <numerusform>%Ln label is learned</numerusform>
                <numerusform>%Ln labels are learned</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>PromptPanel</name>
        <message numerus="yes">
            <source>%Ln virtual token(s): one for each token of the text</source>
            <translation>
                <numerusform>%Ln virtual token: one for each token of the text</numerusform>
                <numerusform>%Ln virtual tokens: one for each token of the text</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln virtual token(s), %1</source>
            <translation>
                <numerusform>%Ln virtual token, %1</numerusform>
                <numerusform>%Ln virtual tokens, %1</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>StatusLine</name>
        <message numerus="yes">
            <source>Training %Ln virtual token(s) for %1 on %2. Stop at any time.</source>
            <translation>
                <numerusform>Training %Ln virtual token for %1 on %2. Stop at any time.</numerusform>
                <numerusform>Training %Ln virtual tokens for %1 on %2. Stop at any time.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source> (and %Ln more)</source>
            <translation>
                <numerusform> (and %Ln more)</numerusform>
                <numerusform> (and %Ln more)</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>TokenFlow</name>
        <message numerus="yes">
            <source>%Ln more token(s)</source>
            <translation>
                <numerusform>%Ln more token</numerusform>
                <numerusform>%Ln more tokens</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Workspace</name>
        <message numerus="yes">
            <source>Stopped after %Ln step(s); %1: %2.</source>
            <translation>
                <numerusform>Stopped after %Ln step; %1: %2.</numerusform>
                <numerusform>Stopped after %Ln steps; %1: %2.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Finished after %Ln step(s); %1: %2.</source>
            <translation>
                <numerusform>Finished after %Ln step; %1: %2.</numerusform>
                <numerusform>Finished after %Ln steps; %1: %2.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ModelPanel</name>
        <message numerus="yes">
            <source>%Ln head(s)</source>
            <translation>
                <numerusform>%Ln head</numerusform>
                <numerusform>%Ln heads</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln layer(s) of width %1</source>
            <translation>
                <numerusform>%Ln layer of width %1</numerusform>
                <numerusform>%Ln layers of width %1</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>TrainingPanel</name>
        <message numerus="yes">
            <source>. Validation: %Ln time(s) </source>
            <translation>
                <numerusform>. Validation: once </numerusform>
                <numerusform>. Validation: %Ln times </numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln round(s)</source>
            <translation>
                <numerusform>%Ln round</numerusform>
                <numerusform>%Ln rounds</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>ChangesButton</name>
        <message numerus="yes">
            <source>%Ln change(s)</source>
            <translation>
                <numerusform>%Ln change</numerusform>
                <numerusform>%Ln changes</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln change(s) since %1</source>
            <translation>
                <numerusform>%Ln change since %1</numerusform>
                <numerusform>%Ln changes since %1</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln change(s) for the next run</source>
            <translation>
                <numerusform>%Ln change for the next run</numerusform>
                <numerusform>%Ln changes for the next run</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>JobsButton</name>
        <message numerus="yes">
            <source>%Ln job(s)</source>
            <translation>
                <numerusform>%Ln job</numerusform>
                <numerusform>%Ln jobs</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>QueueButton</name>
        <message numerus="yes">
            <source>%Ln run(s) held</source>
            <translation>
                <numerusform>%Ln run held</numerusform>
                <numerusform>%Ln runs held</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln run(s) waiting</source>
            <translation>
                <numerusform>%Ln run waiting</numerusform>
                <numerusform>%Ln runs waiting</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>MainWindow</name>
        <message numerus="yes">
            <source>%Ln run(s) wait(s) behind it and will not begin.</source>
            <translation>
                <numerusform>%Ln run waits behind it and will not begin.</numerusform>
                <numerusform>%Ln runs wait behind it and will not begin.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln run(s) wait(s) in line and will not begin.</source>
            <translation>
                <numerusform>%Ln run waits in line and will not begin.</numerusform>
                <numerusform>%Ln runs wait in line and will not begin.</numerusform>
            </translation>
        </message>
    </context>
</TS>
